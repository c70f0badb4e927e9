"""Service level objectives, recording rules and dashboards, made from the metrics contract; no service imports it."""

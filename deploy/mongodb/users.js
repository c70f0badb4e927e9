// Run once by the image, when the data folder is new: the services' user, with rights to their six databases alone.
const databases = ["intake", "classifier", "dispatcher", "sla_monitor", "revisit", "reporting"];
db.getSiblingDB("admin").createUser({
  user: "hotline",
  pwd: process.env.HOTLINE_PASSWORD,
  roles: databases.map((name) => ({ role: "readWrite", db: `hotline_${name}` })),
});
// What the exporter of metrics may see.
db.getSiblingDB("admin").createUser({
  user: "metrics",
  pwd: process.env.METRICS_PASSWORD,
  roles: [{ role: "clusterMonitor", db: "admin" }, { role: "read", db: "local" }],
});

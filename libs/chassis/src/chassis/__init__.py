"""The microservice chassis: broker, store, relay, retry, timers, web and security."""

"""The platform's interfaces as documents, made of the code that serves them: OpenAPI, AsyncAPI, JSON schemas."""

"""What ``make check`` looks at beside the code: documents against the code, dependencies, licences, secrets."""

"""Systems that are asked by GraphQL: queries and mutations of a manifest, drafted from a schema."""

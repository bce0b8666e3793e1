"""The page of every key of an environment file, made of the model, in two languages: docs/environment-keys*.md."""

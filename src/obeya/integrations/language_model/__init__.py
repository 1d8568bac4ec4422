"""Language models: a second reader that proposes, and never decides."""

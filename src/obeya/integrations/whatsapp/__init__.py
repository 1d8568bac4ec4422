"""WhatsApp, through Meta's Cloud API: webhooks in, messages out."""

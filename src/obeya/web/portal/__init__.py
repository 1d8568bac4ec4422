"""The customers' portal: what buyers see and send."""

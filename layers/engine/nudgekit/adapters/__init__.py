"""The world behind the ports: AWS services, and a memory that stands in for them."""

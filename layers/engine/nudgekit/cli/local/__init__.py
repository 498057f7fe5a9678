"""The local AWS: MiniStack, the sink, and a deployment of the shipped template to them."""

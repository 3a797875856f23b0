"""The market's one Python client: no Ansible in it, and web3 only in `client`, imported when first used."""

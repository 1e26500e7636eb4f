"""What this package was generated from; written when it was generated."""

SPEC_VERSION = "v1"
SPEC_SHA256 = "03183b410d7c23081ce08d2df959d5d4b149f1fedac5a7a1b2fdb873a97266a2"
CONFIG_SHA256 = "2f40e1bc3f1c1c48f98dce752d43197807f87d9c0be0b6ed15f14560de24289f"
PACKAGE_SHA256 = "affbeefa8dfa60b53850d04d1cea9f9b74606ba546c4020cf1b0949481124ea5"
GENERATOR = "openapi-python-client 0.29.1 with ruff 0.17.6"

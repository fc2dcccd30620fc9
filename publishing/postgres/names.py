"""Names of schemas and roles on the serving database, and of what its address stands in."""

# The address that publications connect to; without it the marts are files only.
DATABASE_VARIABLE = "ECOSYSTEM_SERVING_DB_URL"

MARTS = "marts"
SHARE = "share"
ACCESS = "access"

BUYERS = "ecosystem_buyer"
VENDORS = "ecosystem_vendor"

# One row: the publication that the tables hold.
PUBLICATION = "publication"
# Who is which vendor: `login` is the name of a role, which says nothing about the vendor.
VENDOR_LOGIN = "vendor_login"
# For each mart what it was made from, so that a publication writes only what differs.
LOADED = "loaded"

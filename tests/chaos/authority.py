"""Certificates for every way in which a certificate can be wrong, by the `openssl` command."""
import subprocess

CA = """
[ca]
default_ca = here
[here]
database = {folder}/{name}.index
serial = {folder}/{name}.serial
new_certs_dir = {folder}
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
[authority]
basicConstraints = critical,CA:TRUE
[leaf]
basicConstraints = CA:FALSE
"""


def openssl(*args):
    subprocess.run(["openssl", *map(str, args)], check=True, capture_output=True)


class Authority:
    def __init__(self, folder, name, issuer=None):
        self.folder, self.name = folder, name
        self.key, self.certificate, self.config = (folder / f"{name}.{kind}" for kind in ("key", "pem", "cnf"))
        self.config.write_text(CA.format(folder=folder, name=name))
        (folder / f"{name}.index").write_text("")
        (folder / f"{name}.serial").write_text("1000\n")
        if issuer:
            issuer.issue(name, "DNS:authority", extensions="authority")
        else:
            openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", 2,
                    "-subj", f"/CN={name}", "-keyout", self.key, "-out", self.certificate)

    def issue(self, name, names, begins="20200101000000Z", ends="20490101000000Z", extensions="leaf"):
        key, request = self.folder / f"{name}.key", self.folder / f"{name}.csr"
        openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
                f"/CN={name}", "-addext", f"subjectAltName={names}", "-keyout", key, "-out", request)
        openssl("ca", "-batch", "-notext", "-config", self.config, "-cert", self.certificate, "-keyfile", self.key,
                "-startdate", begins, "-enddate", ends, "-extensions", extensions, "-in", request,
                "-out", self.folder / f"{name}.pem")


def make_certificates(folder):
    """One for each kind in hostile.TLS, and `good`; returns the authority's own, for monitors to trust."""
    folder.mkdir(parents=True, exist_ok=True)
    root = Authority(folder, "root")
    here = "IP:127.0.0.1"
    root.issue("good", here)
    root.issue("old", here)
    root.issue("expired", here, ends="20210101000000Z")
    root.issue("early", here, begins="20480101000000Z")
    root.issue("wrong-host", "DNS:other.example")
    Authority(folder, "middle", root).issue("no-intermediate", here)
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", 2, "-subj",
            "/CN=self", "-addext", f"subjectAltName={here}", "-keyout", folder / "self-signed.key", "-out",
            folder / "self-signed.pem")
    return root.certificate.read_text()

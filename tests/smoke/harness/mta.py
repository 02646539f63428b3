"""Exim as a mail server on loopback: STARTTLS, AUTH, a Maildir. Its configuration knows no transport
but files, so nothing that it takes can leave the machine."""
import email
import email.policy
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from .peers import Port
from .waiting import eventually

CONFIGURATION = """
primary_hostname = mail.gochron.example
domainlist local_domains = example.com : example.org
spool_directory = {home}/spool
log_file_path = {home}/%slog
pid_file_path = {home}/pid
exim_user = {uid}
exim_group = {gid}
never_users =
deliver_drop_privilege = true
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
tls_advertise_hosts = {tls}
tls_certificate = {certificate}
tls_privatekey = {key}
auth_advertise_hosts = ${{if eq{{$tls_in_cipher}}{{}}{{}}{{*}}}}
smtp_banner = $primary_hostname ESMTP
smtp_accept_max = 50
queue_only = false
rfc1413_hosts =
host_lookup =
disable_ipv6 = true
keep_environment =
acl_smtp_rcpt = rcpt
acl_smtp_data = content

begin acl
rcpt:
  deny message = relaying is not for you
       domains = !+local_domains
  deny message = 5.7.0 authenticate first
       condition = {auth_required}
       !authenticated = *
  accept
content:
  require message = 5.6.0 the headers are not RFC 5322
          verify = header_syntax
  accept

begin routers
maildirs:
  driver = accept
  domains = +local_domains
  transport = maildir

begin transports
maildir:
  driver = appendfile
  directory = {home}/mail
  maildir_format
  create_directory
  envelope_to_add
  return_path_add
  user = {uid}
  group = {gid}

begin retry
* * F,1h,1s

begin rewrite

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and{{{{eq{{$auth2}}{{{user}}}}}{{eq{{$auth3}}{{{password}}}}}}}}}
  server_set_id = $auth2
"""


class Mta:
    """`as_root`: started by root, as a system's own is, it delivers as nobody. Otherwise nothing of it is root's."""

    def __init__(self, certificate=None, auth=None, as_root=False):
        root = os.geteuid() == 0
        assert root or not as_root, "only root can start it as root"
        who = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.geteuid())
        self.home = Path(tempfile.mkdtemp(prefix="gochron-mta-"))
        self.home.chmod(0o755)
        for folder in ("spool", "mail"):
            (self.home / folder).mkdir(mode=0o750)
        self.port = Port()
        files = {"certificate": "", "key": ""}
        if certificate:
            for name, source in zip(files, certificate):
                files[name] = shutil.copy(source, self.home / name)
        name, password = auth or ("", "")
        config = self.home / "exim.conf"
        config.write_text(CONFIGURATION.format(
            home=self.home, uid=who.pw_uid, gid=who.pw_gid, port=self.port.number, tls="*" if certificate else "",
            auth_required="true" if auth else "false", user=name, password=password, **files))
        if root:
            for path in (self.home, *self.home.rglob("*")):
                os.chown(path, who.pw_uid, who.pw_gid)
            os.chown(config, 0, 0)  # it reads no other's
        become = ["setpriv", "--reuid", str(who.pw_uid), "--regid", str(who.pw_gid), "--clear-groups"] \
            if root and not as_root else []
        self.port.close()  # exim binds it itself
        self._log = open(self.home / "output", "ab")
        self.process = subprocess.Popen([*become, "/usr/sbin/exim4", "-C", str(config), "-bdf", "-q1s"],
                                        stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log)
        self.url = f"smtp://127.0.0.1:{self.port.number}"
        try:
            eventually(self._answers, 15.0, what="the banner of exim")
        except AssertionError as e:
            said = self.log()
            self.close()
            raise AssertionError(f"{e}\n{said}") from None

    def _answers(self):
        assert self.process.poll() is None, self.log()
        try:
            with socket.create_connection(("127.0.0.1", self.port.number), 2) as s:
                return s.recv(100).startswith(b"220 mail.gochron.example")
        except OSError:
            return False

    def log(self):
        return "\n".join(p.read_text(errors="replace") for p in sorted(self.home.glob("*log")) + [self.home / "output"])

    def raw(self, address):
        """The bytes of each mail that was delivered to the address, oldest first."""
        files = sorted((self.home / "mail" / "new").glob("*"), key=lambda p: p.stat().st_mtime_ns)
        mark = f"\nEnvelope-to: {address}\n".encode()
        return [x for x in (p.read_bytes() for p in files) if mark in x]

    def mails(self, address):
        """As a strict parser reads them: a defect is an error."""
        return [email.message_from_bytes(x, policy=email.policy.strict.clone(linesep="\n")) for x in self.raw(address)]

    def expect(self, address, count, within=20.0):
        eventually(lambda: len(self.raw(address)) >= count, within, what=f"{count} mails to {address}")
        return self.mails(address)

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
        self._log.close()
        shutil.rmtree(self.home, ignore_errors=True)

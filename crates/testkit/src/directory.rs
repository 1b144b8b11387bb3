//! A private directory (`OpenLDAP`'s slapd) on a free port of this machine, gone with the test.
use std::{
    fmt::Write as _,
    fs,
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::Duration,
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose};
use rustls_pki_types::CertificateDer;
use tempfile::TempDir;

/// Stops when dropped.
#[derive(Debug)]
pub struct Directory {
    child: Child,
    port: u16,
    secure_port: Option<u16>,
    _folder: TempDir,
}

/// Signs the certificates of directories that speak TLS.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// Under which everybody lies, as `uid=…,ou=people,` and this.
pub const BASE: &str = "dc=riverside,dc=test";
/// May search; and its password.
pub const ACCOUNT: (&str, &str) = ("cn=schoolgate,dc=riverside,dc=test", "may only look");

impl Directory {
    /// With people of these usernames and passwords. It believes a bind with a name and no password, as some do, so
    /// that a test shows that we do not. `None`: slapd is not installed; on a builder that is a failure.
    pub fn start(people: &[(&str, &str)]) -> Option<Directory> {
        Directory::open(people, None)
    }

    /// The same over TLS too, by STARTTLS and at a port of its own, with a certificate for `name`.
    pub fn start_with_tls(people: &[(&str, &str)], authority: &Authority, name: &str) -> Option<Directory> {
        Directory::open(people, Some((authority, name)))
    }

    fn open(people: &[(&str, &str)], tls: Option<(&Authority, &str)>) -> Option<Directory> {
        let Some(slapd) = ["/usr/sbin/slapd", "/usr/lib/slapd", "/usr/libexec/slapd"]
            .into_iter()
            .map(Path::new)
            .find(|it| it.is_file())
        else {
            assert!(!crate::databases::is_builder(), "a builder needs a directory: apt-get install slapd");
            eprintln!("*** NOT TRIED AGAINST A DIRECTORY: none is installed (apt-get install slapd) ***");
            return None;
        };
        let folder = TempDir::new().expect("a temporary folder");
        let conf = write(folder.path(), people, tls);
        let add = Command::new(slapd)
            .args(["-T", "add", "-f"])
            .arg(&conf)
            .arg("-l")
            .arg(folder.path().join("people.ldif"))
            .output()
            .expect("slapd runs");
        assert!(add.status.success(), "slapadd: {}", String::from_utf8_lossy(&add.stderr));
        let free = || TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a port").port();
        let (port, secure_port) = (free(), tls.map(|_| free()));
        let mut doors = format!("ldap://127.0.0.1:{port}");
        if let Some(port) = secure_port {
            let _ = write!(doors, " ldaps://127.0.0.1:{port}");
        }
        let child = Command::new(slapd)
            .arg("-f")
            .arg(&conf)
            .args(["-d", "0", "-h", &doors])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("slapd runs");
        let directory = Directory { child, port, secure_port, _folder: folder };
        for _ in 0..600 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(directory);
            }
            sleep(Duration::from_millis(50));
        }
        panic!("slapd did not start within 30 seconds");
    }

    pub fn url(&self) -> String {
        format!("ldap://127.0.0.1:{}", self.port)
    }

    /// By a name, for certificates.
    pub fn named_url(&self) -> String {
        format!("ldap://localhost:{}", self.port)
    }

    pub fn secure_url(&self) -> String {
        format!("ldaps://localhost:{}", self.secure_port.expect("started with TLS"))
    }
}

impl Authority {
    pub fn new(name: &str) -> Authority {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().expect("keys can be made");
        Authority(CertifiedIssuer::self_signed(params, key).expect("a test authority can be made"))
    }

    pub fn root(&self) -> CertificateDer<'static> {
        self.0.der().clone()
    }

    /// Certificate and key, in PEM.
    fn sign(&self, name: &str) -> (String, String) {
        let key = KeyPair::generate().expect("keys can be made");
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a test name is a name");
        params.distinguished_name.push(DnType::CommonName, name);
        let leaf = params.signed_by(&key, &self.0).expect("a test certificate can be signed");
        (leaf.pem(), key.serialize_pem())
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn write(folder: &Path, people: &[(&str, &str)], tls: Option<(&Authority, &str)>) -> PathBuf {
    fs::create_dir(folder.join("db")).expect("made");
    let mut secure = String::new();
    if let Some((authority, name)) = tls {
        let (certificate, key) = authority.sign(name);
        for (what, file, text) in [
            ("TLSCertificateFile", "directory.crt", certificate),
            ("TLSCertificateKeyFile", "directory.key", key),
        ] {
            fs::write(folder.join(file), text).expect("written");
            let _ = writeln!(secure, "{what} {}", folder.join(file).display());
        }
    }
    let conf = format!(
        "include /etc/ldap/schema/core.schema\n\
         include /etc/ldap/schema/cosine.schema\n\
         include /etc/ldap/schema/inetorgperson.schema\n\
         modulepath /usr/lib/ldap\n\
         moduleload back_mdb\n\
         allow bind_anon_cred bind_anon_dn\n\
         {secure}\
         database mdb\n\
         suffix \"{BASE}\"\n\
         rootdn \"{}\"\n\
         rootpw \"{}\"\n\
         directory {}\n",
        ACCOUNT.0,
        ACCOUNT.1,
        folder.join("db").display(),
    );
    let mut ldif = format!(
        "dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\no: Riverside\ndc: riverside\n\n\
         dn: ou=people,{BASE}\nobjectClass: organizationalUnit\nou: people\n"
    );
    for (username, password) in people {
        let _ = write!(
            ldif,
            "\ndn: uid={username},ou=people,{BASE}\nobjectClass: inetOrgPerson\nuid: {username}\ncn: {username}\n\
             sn: {username}\nuserPassword: {password}\n"
        );
    }
    fs::write(folder.join("people.ldif"), ldif).expect("written");
    let file = folder.join("slapd.conf");
    fs::write(&file, conf).expect("written");
    file
}

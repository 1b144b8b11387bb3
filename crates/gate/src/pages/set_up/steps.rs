use super::File;

/// One kind of device: what it takes, and what to press.
#[derive(Debug)]
pub(super) struct Device {
    pub(super) name: &'static str,
    pub(super) file: File,
    pub(super) steps: &'static [&'static str],
}

pub(super) const FIREFOX_ONE: &str = "For one computer only: open Settings, Privacy & Security, View Certificates, \
    Authorities, Import, choose school.pem and tick “Trust this CA to identify websites”.";

/// The commonest in schools first.
pub(super) const ALL: &[Device] = &[
    Device {
        name: "Windows",
        file: File::Der,
        steps: &[
            "Open the file and press “Install Certificate…”.",
            "Choose “Local Machine” (or “Current User” if you may not) and press Next.",
            "Choose “Place all certificates in the following store”, then “Trusted Root Certification Authorities”.",
            "Press Next, Finish and Yes. Close the browser and open it again.",
            "Many computers: in Group Policy, Computer Configuration, Policies, Windows Settings, Security Settings, \
             Public Key Policies, Trusted Root Certification Authorities, choose Import.",
        ],
    },
    Device {
        name: "Chromebook",
        file: File::Pem,
        steps: &[
            "Managed by the school: in the Google Admin console open Devices, Networks, Certificates, Add certificate, \
             upload the file and tick “Chromebook” under Certificate Authority. Nothing is done on the device.",
            "Not managed: open chrome://settings/certificates, choose Authorities, Import, choose the file.",
            "Tick “Trust this certificate for identifying websites” and press OK.",
        ],
    },
    Device {
        name: "iPad or iPhone",
        file: File::Profile,
        steps: &[
            "Open this page in Safari, download the file and allow it.",
            "Open Settings and press “Profile Downloaded”, then Install.",
            "Open Settings, General, About, Certificate Trust Settings, and switch the school’s certificate on. \
             Without this step pages will not open.",
            "Many iPads: send the file from your device management as a profile; it is then trusted at once.",
        ],
    },
    Device {
        name: "Mac",
        file: File::Profile,
        steps: &[
            "Open the file. Then open System Settings, General, Device Management (on older Macs: Privacy & Security, \
             Profiles).",
            "Open the school’s profile and press Install.",
            "If Safari still warns: open Keychain Access, find the certificate under System, open Trust and choose \
             “Always Trust”.",
        ],
    },
    Device {
        name: "Android",
        file: File::Der,
        steps: &[
            "Download the file.",
            "Open Settings, Security & privacy, More, Encryption & credentials, Install a certificate, CA certificate. \
             (The names differ a little between makers: search the settings for “CA certificate”.)",
            "Read the warning, press “Install anyway” and choose the file.",
            "Some apps, though not the browser, do not use certificates that were added this way. On managed devices \
             send it from your device management instead.",
        ],
    },
    Device {
        name: "Firefox, on any computer",
        file: File::Policies,
        steps: &[
            "Install the certificate for the computer itself first, as above.",
            "Put the file into the folder “distribution” beside the Firefox programme (on Linux: /etc/firefox/policies).",
            "Close Firefox and open it again: it now trusts what the computer trusts, and finds the gate.",
        ],
    },
    Device {
        name: "Linux",
        file: File::Pem,
        steps: &[
            "Debian, Ubuntu: sudo cp school.pem /usr/local/share/ca-certificates/school.crt, then \
             sudo update-ca-certificates.",
            "Fedora, Red Hat: sudo cp school.pem /etc/pki/ca-trust/source/anchors/, then sudo update-ca-trust.",
            "Chrome and Chromium: open chrome://settings/certificates, choose Authorities, Import, choose the file and \
             tick “Trust this certificate for identifying websites”.",
        ],
    },
];

mod files;
mod pac;
mod steps;

pub(crate) use self::{
    files::{File, file},
    pac::{Kind, pac},
};

use maud::html;
use sha2::{Digest, Sha256};

use super::{Frame, Sheet};

/// `/set-up`: the school's certificate in the forms that each kind of device takes, with steps, open to everyone.
pub(crate) fn page(frame: &Frame<'_>, authority: &[u8]) -> Sheet {
    let proxy = &frame.snapshot.settings.proxy;
    let gate = &frame.snapshot.settings.gate_name;
    let main = html! {
        h1 { "Set up a device" }
        p.lead {
            "Two things, once on each device: tell it where the school’s gate is, and give it the school’s "
            "certificate so that the gate can show its pages."
        }
        h2 { "1. Where the gate is" }
        p { "In the device’s network or Wi-Fi settings, find “Proxy”, choose “Automatic”, and put in this address:" }
        pre { "http://" (proxy.host) ":" (proxy.port) "/proxy.pac" }
        details {
            summary { "If it asks for a name and a port instead" }
            dl.facts {
                dt { "Name" } dd.code { (proxy.host) }
                dt { "Port" } dd.code { (proxy.port) }
                @if let Some(port) = proxy.tls_port {
                    dt { "Over TLS" } dd { "port " span.code { (port) } ", or the address above with " span.code { "/proxy-tls.pac" } }
                }
            }
        }
        h2 { "2. The school’s certificate" }
        p { "Choose your device." }
        @for device in steps::ALL {
            details {
                summary { (device.name) }
                p {
                    a.main href={ (frame.base) "/set-up/" (device.file.name()) } download=(device.file.name()) {
                        "Download " (device.file.name())
                    }
                }
                ol { @for step in device.steps { li { (step) } } }
                @if device.file == File::Policies { p.soft { (steps::FIREFOX_ONE) } }
            }
        }
        details {
            summary { "All the files" }
            ul {
                @for file in File::ALL {
                    li { a href={ (frame.base) "/set-up/" (file.name()) } download=(file.name()) { (file.name()) } ": " (file.about()) }
                }
            }
        }
        h2 { "Check it" }
        p { "The certificate’s SHA-256 fingerprint must be the one that the school’s network manager gave you:" }
        pre {
            @for (i, pair) in Sha256::digest(authority).iter().enumerate() {
                @if i != 0 { ":" wbr; }
                (format!("{pair:02X}"))
            }
        }
        p { "Then open " a href={ "https://" (gate) "/" } { "https://" (gate) "/" } ". If no warning shows, the device is ready." }
        section.box aria-labelledby="why" {
            h2 #why { "What this means" }
            p {
                "With this certificate the gate can open secure pages to keep people safe. It does not open "
                "banking, health or help pages. Remove it when the device leaves the school."
            }
        }
    };
    Sheet::new(200, "Set up a device", main)
}

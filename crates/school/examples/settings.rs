//! Prints docs/settings.md.
fn main() {
    print!("{}", school::settings::page());
}

pub struct Directory;
pub struct DirectorySettings;
pub enum DirectoryTls {
    Implicit,
}

use std::{fs::File, io, os::unix::fs::FileExt};

/// The room on the disk. In tests it can be made to end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Room {
    #[cfg(test)]
    pub(crate) left: Option<std::sync::Arc<std::sync::atomic::AtomicU64>>,
}

impl Room {
    pub(crate) fn write_all_at(&self, file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
        #[cfg(test)]
        if let Some(left) = &self.left {
            use std::sync::atomic::Ordering;
            let left_now = left.load(Ordering::Relaxed);
            let fits = usize::try_from(left_now).unwrap_or(usize::MAX).min(bytes.len());
            file.write_all_at(&bytes[..fits], offset)?;
            left.store(left_now - fits as u64, Ordering::Relaxed);
            return if fits == bytes.len() { Ok(()) } else { Err(io::ErrorKind::StorageFull.into()) };
        }
        #[cfg(not(test))]
        let Room {} = self;
        file.write_all_at(bytes, offset)
    }
}

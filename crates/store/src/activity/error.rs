use std::{
    io,
    path::{Path, PathBuf},
};

#[derive(Debug, thiserror::Error)]
pub enum ActivityError {
    #[error("the activity log in {0} is in use by another Schoolgate")]
    InUse(PathBuf),
    #[error("activity log: {path}")]
    Io {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("activity segment {path}")]
    Segment {
        path: PathBuf,
        #[source]
        source: parquet::errors::ParquetError,
    },
    /// A file reads as something else than what was written.
    #[error("activity log: {path} is damaged: {reason}")]
    Damaged { path: PathBuf, reason: String },
}

/// Names the file in what went wrong with it.
pub(crate) trait At<T> {
    fn at(self, path: &Path) -> Result<T, ActivityError>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, path: &Path) -> Result<T, ActivityError> {
        self.map_err(|source| ActivityError::Io { path: path.to_owned(), source })
    }
}
impl<T> At<T> for parquet::errors::Result<T> {
    fn at(self, path: &Path) -> Result<T, ActivityError> {
        self.map_err(|source| ActivityError::Segment { path: path.to_owned(), source })
    }
}

pub(crate) fn damaged(path: &Path, reason: &str) -> ActivityError {
    ActivityError::Damaged { path: path.to_owned(), reason: reason.to_owned() }
}

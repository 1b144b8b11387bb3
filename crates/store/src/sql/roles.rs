//! Roles as they are kept: their codes, in their order, with a space between them.
use school::{Choice, Role, Roles};

use super::{Row, Value};
use crate::{StoreError, error::corrupt};

impl Value {
    pub(crate) fn roles(roles: Roles) -> Value {
        Value::Text(Some(roles.iter().map(Choice::code).collect::<Vec<_>>().join(" ")))
    }
}

impl Row {
    pub(crate) fn roles(&self, column: &str) -> Result<Roles, StoreError> {
        let codes: String = self.get(column)?;
        let roles: Option<Roles> = codes.split_whitespace().map(Role::from_code).collect();
        roles.ok_or_else(|| corrupt(column, format!("unknown code in {codes}")))
    }
}

use crate::{
    constraint::{USER_POOL_ID, USERNAME},
    exception::Exception,
    fields::Fields,
    name::SignInName,
    pool::Pool,
};

/// The members that tell an administrator's operation which user it is about.
pub(super) struct UserOfPool {
    pool_id: String,
    username: String,
}

impl UserOfPool {
    pub(super) fn read(fields: &mut Fields) -> Result<Self, Exception> {
        Ok(Self {
            pool_id: fields.required("UserPoolId", &USER_POOL_ID)?,
            username: fields.required("Username", &USERNAME)?,
        })
    }

    /// Checks the pool; gives the user name, which need not exist.
    pub(super) fn name(&self, pool: &Pool) -> Result<SignInName, Exception> {
        pool.check_pool(&self.pool_id)?;
        Ok(pool.name(&self.username))
    }
}

//! The page that says who owns which data: written from the registries of both stores, so that it can't be wrong.

use crate::{cold::tables, hot::page};

/// The text of `docs/data-ownership.md`.
pub fn markdown() -> String {
    format!(
        "# Data ownership\n\n\
         <!-- Written by `troupe data`: edit src/cold/tables/ and src/hot/keys/, not this file. -->\n\n\
         What anyone owns is in PostgreSQL; what must be fast or short-lived is in Redis, or in each process where \
         Redis is not set or away, and its loss loses nothing that anyone owns. This page is written from the \
         registries that the code itself goes by, and tests compare those with a real database and with live keys.\n\n\
         `troupe privacy export USER_ID` writes all that is kept about a user as JSON, and `troupe privacy erase \
         USER_ID --yes` erases it, in both stores and among writes that still wait for PostgreSQL.\n\n\
         ## Tables\n\n{}\n\
         ## Keys\n\n\
         Every key begins with the namespace of REDIS_PREFIX or ENVIRONMENT. Words in capitals vary; braces stand \
         literally, so that the keys of one script share a slot of a cluster. A PLACE is a guild, or `dm-` and a \
         user in a direct message, whose keys are the user's; a DAY is `YYYYMMDD` in UTC.\n\n{}",
        tables::markdown(),
        page::markdown(),
    )
}

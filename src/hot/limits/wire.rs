//! How a list of checks travels to a script, and its flat reply back.
//!
//! KEYS begin with all the budgets' keys in the order of the checks, then come the keys of the other checks in their
//! order: a script reads both by counting on. The arguments are described in checks.lua.

use redis::Value;

use super::{
    Confirmed,
    check::{Budget, Check, Penalty, Window},
    millis,
    standing::{Notice, Spent, Standing},
};
use crate::hot::{HotError, redis::Call};

/// Puts a list of checks into a call whose earlier arguments are the script's own.
pub(super) fn checks<'a>(mut call: Call<'a>, checks: &[&Check]) -> Call<'a> {
    let days =
        || checks.iter().filter_map(|check| if let Check::Budget(b) = check { Some(&b.days) } else { None });
    for key in days().flatten() {
        call = call.key(key);
    }
    call = call.arg(days().map(Vec::len).sum::<usize>()).arg(checks.len());
    checks.iter().fold(call, |call, check| one(call, check))
}

fn one<'a>(call: Call<'a>, check: &Check) -> Call<'a> {
    match check {
        Check::Absent(key) => call.key(key).arg("absent").arg(0),
        Check::Off { key, fields } => {
            let call = call.key(key).arg("absent").arg(fields.len());
            fields.iter().fold(call, Call::arg)
        }
        Check::Version { key, version } => call.key(key).arg("version").arg(*version),
        Check::Never => call.arg("never"),
        Check::Window(Window { key, limit, period, penalty: overflow }) => {
            let call = call.key(key).arg("window").arg(*limit).arg(millis(*period)).arg(overflow.is_some());
            if let Some(overflow) = overflow { penalty(call, overflow) } else { call }
        }
        Check::Budget(Budget { days, amount, limit, .. }) => {
            call.arg("budget").arg(*limit).arg(*amount).arg(days.len())
        }
        Check::Slot { key, cap } => call.key(key).arg("slot").arg(*cap),
    }
}

fn penalty<'a>(call: Call<'a>, penalty: &Penalty) -> Call<'a> {
    let call = call.key(&penalty.strikes).key(&penalty.level).key(&penalty.lock).arg(penalty.most);
    let lengths = [penalty.within, penalty.first, penalty.longest, penalty.quiet];
    lengths.into_iter().fold(call, |call, length| call.arg(millis(length)))
}

/// A flat reply, read from its beginning.
pub(super) struct Reply(std::vec::IntoIter<Value>);

impl Reply {
    pub(super) fn new(values: Vec<Value>) -> Self {
        Self(values.into_iter())
    }

    pub(super) fn int(&mut self) -> Result<i64, HotError> {
        match self.0.next() {
            Some(Value::Int(number)) => Ok(number),
            _ => Err(HotError::Unexpected("a limits script gave no number where one belongs")),
        }
    }

    pub(super) fn count(&mut self) -> Result<u64, HotError> {
        let negative = |_| HotError::Unexpected("a limits script gave a negative count");
        self.int().and_then(|number| u64::try_from(number).map_err(negative))
    }

    /// A count that is small.
    pub(super) fn small(&mut self) -> Result<u32, HotError> {
        let large = |_| HotError::Unexpected("a limits script gave a count beyond all measure");
        self.count().and_then(|number| u32::try_from(number).map_err(large))
    }

    /// How many texts follow, and these.
    pub(super) fn texts(&mut self) -> Result<Vec<String>, HotError> {
        let count = self.count()?;
        let text = |_| match self.0.next() {
            Some(Value::BulkString(text)) => String::from_utf8(text).ok(),
            _ => None,
        };
        let texts: Option<Vec<_>> = (0..count).map(text).collect();
        texts.ok_or(HotError::Unexpected("a limits script gave no text where one belongs"))
    }

    /// A moment; -1 stands for none.
    pub(super) fn moment(&mut self) -> Result<Option<i64>, HotError> {
        Ok(Some(self.int()?).filter(|moment| *moment >= 0))
    }

    /// How that check stands.
    pub(super) fn standing(&mut self, check: &Check) -> Result<Standing, HotError> {
        Ok(match check {
            Check::Absent(_) => Standing::Notice(self.notice(&[])?),
            Check::Off { fields, .. } => Standing::Notice(self.notice(fields)?),
            Check::Version { .. } => Standing::Version(match self.int()? {
                0 => Confirmed::Same,
                1 => Confirmed::Unknown,
                2 => Confirmed::Stale,
                _ => return Err(HotError::Unexpected("a limits script gave no known version")),
            }),
            Check::Never => Standing::Never,
            Check::Window(window) => {
                Standing::Window { used: self.count()?, limit: window.limit, renews_at: self.moment()? }
            }
            Check::Budget(budget) => {
                let by_day = budget.days.iter().map(|_| self.count()).collect::<Result<_, _>>()?;
                Standing::Budget(Spent { by_day, limit: budget.limit })
            }
            Check::Slot { cap, .. } => {
                let (used, waiting) = (self.count()?, self.count()?);
                Standing::Slot { used, waiting, cap: *cap, free_at: self.moment()? }
            }
        })
    }

    /// 0, or from 1 which of the fields, and then its text.
    fn notice(&mut self, fields: &[String]) -> Result<Option<Notice>, HotError> {
        let Some(index) = usize::try_from(self.count()?).ok().and_then(|place| place.checked_sub(1)) else {
            return Ok(None);
        };
        match self.0.next() {
            Some(Value::BulkString(text)) => {
                let field = fields.get(index).map(String::as_str);
                Ok(Some(Notice::read(field, &String::from_utf8_lossy(&text))))
            }
            _ => Err(HotError::Unexpected("a limits script gave no text where a notice belongs")),
        }
    }
}

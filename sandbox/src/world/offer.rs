//! Which commands a member's client offers in a channel.

use super::World;
use super::command::Command;
use crate::ids::Id;

impl World {
    /// The commands that show up for a member in a channel, by name; where a guild has its own of a
    /// global one's name, the guild's.
    pub fn commands_for(&self, user: Id, channel: Id) -> Vec<Command> {
        let guild = self.channels.get(&channel).and_then(|channel| channel.guild);
        let mut offered: Vec<Command> = self
            .commands_in(guild)
            .filter_map(|command| {
                self.usable(user, channel, command.name(), command.kind(), Some(command.app)).ok()
            })
            .collect();
        offered.sort_by(|a, b| a.name().cmp(b.name()).then(a.id.cmp(&b.id)));
        offered.dedup_by_key(|command| command.id);
        offered
    }

    /// The names of an application's commands in every scope.
    pub fn command_names(&self, app: Id) -> Vec<String> {
        let own = self.commands.iter().filter(|((owner, _), _)| *owner == app);
        own.flat_map(|(_, commands)| commands).map(|command| command.name().to_owned()).collect()
    }
}

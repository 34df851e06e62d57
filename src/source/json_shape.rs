//! Where in a JSON document the nodes stand, and which of their values are wanted.

/// What a value says of a node, whatever a format calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Kind,
    Id,
    SecondId,
    ParentId,
    ThreadId,
    Author,
    CreatedAt,
    Seconds,
    Text,
    SecondText,
    ThirdText,
    FourthText,
    Html,
    Note,
    Title,
    Article,
    Url,
    SecondUrl,
    Language,
    Decision,
    Status,
    Removal,
    Deleted,
    Hidden,
    Count,
}

impl Field {
    /// What messages call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Id | Self::SecondId => "id",
            Self::ParentId => "parent's id",
            Self::ThreadId => "thread's id",
            Self::Author => "author",
            Self::CreatedAt | Self::Seconds => "time",
            Self::Text | Self::SecondText | Self::ThirdText | Self::FourthText | Self::Html => "text",
            Self::Note => "note",
            Self::Title => "title",
            Self::Article => "article",
            Self::Url | Self::SecondUrl => "address",
            Self::Language => "language",
            Self::Decision | Self::Status | Self::Removal => "decision",
            Self::Deleted | Self::Hidden => "state",
            Self::Count => "count",
        }
    }

    /// Whether it holds the words of a comment.
    pub(super) fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::SecondText | Self::ThirdText | Self::FourthText | Self::Html)
    }
}

/// How a node was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The document itself, or an element of the array that it is.
    Root,
    /// One of a list of comments.
    Comment,
    /// Below the comment that it answers.
    Reply,
    /// What a thread begins with.
    Top,
    /// What a status answers, and what that one answers.
    Ancestor,
    /// What answers a status.
    Descendant,
    /// An entry of a person's own comments.
    Entry,
}

/// What a path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// A value that is wanted.
    Take(Field),
    /// Nodes: an object, or an array of them.
    Nodes(Role),
}

/// Paths with what they lead to. Names are apart by points; arrays on the way are walked through and not named.
pub(super) type Paths<'a> = &'a [(&'a str, Target)];

/// What a member of an object is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Member {
    pub(super) field: Option<Field>,
    pub(super) nodes: Option<Role>,
    /// Where its own members are described.
    pub(super) below: Option<u32>,
}

/// The paths of a format, as the walk needs them.
#[derive(Debug, Default)]
pub(super) struct Shape {
    places: Vec<Vec<(Box<str>, Member)>>,
    node: u32,
}

impl Shape {
    /// A document whose root and whose nodes have these paths.
    pub(super) fn new(root: Paths<'_>, node: Paths<'_>) -> Self {
        let mut shape = Self { places: vec![Vec::new(), Vec::new()], node: 1 };
        for &(path, target) in root {
            shape.add(0, path, target);
        }
        for &(path, target) in node {
            shape.add(1, path, target);
        }
        shape
    }

    /// A document whose root is a node like the others.
    pub(super) fn alike(paths: Paths<'_>) -> Self {
        let mut shape = Self { places: vec![Vec::new()], node: 0 };
        for &(path, target) in paths {
            shape.add(0, path, target);
        }
        shape
    }

    /// Where the members of a node are described.
    pub(super) fn place_of(&self, role: Role) -> u32 {
        if role == Role::Root { 0 } else { self.node }
    }

    /// What a member of an object at a place is, if it is wanted.
    pub(super) fn member(&self, place: u32, name: &str) -> Option<Member> {
        let members = self.places.get(place as usize)?;
        members.iter().find(|(known, _)| **known == *name).map(|(_, member)| *member)
    }

    fn add(&mut self, root: u32, path: &str, target: Target) {
        let mut place = root;
        let mut names =
            path.split('.').map(|name| name.trim_end_matches("[]")).filter(|name| !name.is_empty()).peekable();
        while let Some(name) = names.next() {
            let next_place = self.places.len() as u32;
            let Some(members) = self.places.get_mut(place as usize) else { return };
            let at = members.iter().position(|(known, _)| **known == *name).unwrap_or_else(|| {
                members.push((name.into(), Member::default()));
                members.len() - 1
            });
            let Some((_, member)) = members.get_mut(at) else { return };
            if names.peek().is_some() {
                place = *member.below.get_or_insert(next_place);
                if place == next_place {
                    self.places.push(Vec::new());
                }
            } else {
                match target {
                    Target::Take(field) => member.field = Some(field),
                    Target::Nodes(role) => member.nodes = Some(role),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_followed() {
        let shape = Shape::new(
            &[("data.items[]", Target::Nodes(Role::Comment)), ("data.name", Target::Take(Field::Title))],
            &[("a", Target::Take(Field::Text)), ("a.b", Target::Take(Field::Id))],
        );
        let data = shape.member(0, "data").and_then(|member| member.below).unwrap();
        assert_eq!(shape.member(data, "items").unwrap().nodes, Some(Role::Comment));
        assert_eq!(shape.member(data, "name").unwrap().field, Some(Field::Title));
        let node = shape.place_of(Role::Comment);
        let member = shape.member(node, "a").unwrap();
        assert_eq!(member.field, Some(Field::Text));
        assert_eq!(shape.member(member.below.unwrap(), "b").unwrap().field, Some(Field::Id));
        assert!(shape.member(node, "b").is_none() && shape.member(data, "a").is_none());
    }
}

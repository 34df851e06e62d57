//! A map of what came last.

use std::borrow::Borrow;
use std::collections::VecDeque;
use std::hash::Hash;

use rustc_hash::FxHashMap;

/// A map that keeps the newest entries; the oldest key goes first. To insert a key again does not make it newer.
#[derive(Debug, Clone)]
pub struct Newest<K, V> {
    map: FxHashMap<K, V>,
    order: VecDeque<K>,
}

impl<K, V> Default for Newest<K, V> {
    fn default() -> Self {
        Self { map: FxHashMap::default(), order: VecDeque::new() }
    }
}

impl<K: Clone + Eq + Hash, V> Newest<K, V> {
    /// Sets the value of a key, and keeps `most` keys at most; whether the key is new.
    pub fn insert(&mut self, key: K, value: V, most: usize) -> bool {
        if self.map.insert(key.clone(), value).is_some() {
            return false;
        }
        self.order.push_back(key);
        if self.order.len() > most
            && let Some(oldest) = self.order.pop_front()
        {
            self.map.remove(&oldest);
        }
        true
    }

    /// The value of a key.
    pub fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.map.get(key)
    }

    /// Whether a key is there.
    pub fn contains<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.map.contains_key(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_key_goes_first() {
        let mut newest = Newest::default();
        assert!(newest.insert("a".to_owned(), 1, 2));
        assert!(newest.insert("b".to_owned(), 2, 2));
        assert!(!newest.insert("a".to_owned(), 3, 2));
        assert_eq!(newest.get("a"), Some(&3));
        assert!(newest.insert("c".to_owned(), 4, 2));
        assert!(!newest.contains("a") && newest.contains("b") && newest.contains("c"));
    }
}

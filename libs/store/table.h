// (interface sketch: see the store's owner) ShardTable<Key, Row>: a core Table whose rows live in a
// Store.
#pragma once

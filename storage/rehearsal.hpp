#pragma once
#include "storage/repository.hpp"

namespace gochron::storage {

/// Runs a unit as it would be written, on a connection of the read pool, and rolls it back: `done` hears what the
/// writer would have said. Waits for no lock longer than 2 s.
void rehearse(read_pool& on, write_unit x);

/// To the entity's writer; a dry one is rehearsed.
void submit(const repository_deps& deps, const uuid& entity, write_unit x, bool dry);

} // namespace gochron::storage

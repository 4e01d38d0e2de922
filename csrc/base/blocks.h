// Zeroed memory for tensors. Large blocks lie side by side in regions of 2 MiB pages: a 4 KiB page fault costs more
// than reading the page from a file. A region goes back to the system with its last block.
#pragma once

#include <cstddef>
#include <memory>

namespace alcedo {

// 64-byte aligned; nullptr if there is no memory.
std::shared_ptr<void> zeroed_block(size_t bytes);

}  // namespace alcedo

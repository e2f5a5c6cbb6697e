#pragma once

/// Renames a file without ever replacing another one.
/// Returns 0, or -1 with errno; EEXIST when the new name is taken.
int rename_exclusively(int old_folder, const char *old_name, int new_folder, const char *new_name);

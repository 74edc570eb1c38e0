using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Sessions;

/// <summary>A file that belongs into a thread's sandbox.</summary>
/// <param name="File">The file.</param>
/// <param name="Path">Where it goes, relative to the working directory.</param>
internal sealed record PlacedFile(FileEntity File, string Path);

using Microsoft.Win32.SafeHandles;

namespace SandboxOperator.Agent.Serve.Files;

/// <summary>A regular file open for reading.</summary>
/// <param name="Handle">The open file.</param>
/// <param name="Bytes">Its size when it was opened; not more is served.</param>
internal sealed record OpenFile(SafeFileHandle Handle, long Bytes) : IDisposable
{
    public void Dispose() => Handle.Dispose();
}

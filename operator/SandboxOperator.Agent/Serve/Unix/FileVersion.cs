namespace SandboxOperator.Agent.Serve.Unix;

/// <summary>Tells two states of a file apart. The time is that of the inode's last change, which programs cannot set.</summary>
internal readonly record struct FileVersion(ulong Inode, long Size, long ChangedAtNs);

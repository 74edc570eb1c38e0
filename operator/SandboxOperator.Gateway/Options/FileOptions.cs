namespace SandboxOperator.Gateway.Options;

/// <summary>Limits of files. Section <c>Files</c>.</summary>
internal sealed class FileOptions
{
    public const string Section = "Files";

    /// <summary>The largest file that one request may carry, in bytes.</summary>
    public long MaxBytes { get; set; } = 512L * 1024 * 1024;

    /// <summary>All files of a project together, in bytes; 0 for no limit.</summary>
    public long ProjectBytes { get; set; }

    /// <summary>The largest upload in parts, in bytes.</summary>
    public long MaxUploadBytes { get; set; } = 8L * 1024 * 1024 * 1024;

    /// <summary>The largest part, in bytes.</summary>
    public long MaxPartBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>How long an upload may take, in seconds.</summary>
    public int UploadSeconds { get; set; } = 3600;
}

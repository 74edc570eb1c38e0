namespace SandboxOperator.Gateway.Options;

/// <summary>Limits of files. Section <c>Files</c>.</summary>
internal sealed class FileOptions
{
    public const string Section = "Files";

    /// <summary>The largest file that one request may carry, in bytes.</summary>
    public long MaxBytes { get; set; } = 512L * 1024 * 1024;

    /// <summary>All files of a project together, in bytes; 0 for no limit. OpenAI's limit was 100 GB for long.</summary>
    public long ProjectBytes { get; set; } = 100L * 1024 * 1024 * 1024;

    /// <summary>All files that one run delivers, pictures included, in bytes.</summary>
    public long RunBytes { get; set; } = 1024L * 1024 * 1024;

    /// <summary>What files leave free on the disk, in bytes; on a small disk a tenth of it at most.</summary>
    public long ReserveBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>The largest upload in parts, in bytes.</summary>
    public long MaxUploadBytes { get; set; } = 8L * 1024 * 1024 * 1024;

    /// <summary>The largest part, in bytes.</summary>
    public long MaxPartBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>How long an upload may take, in seconds.</summary>
    public int UploadSeconds { get; set; } = 3600;
}

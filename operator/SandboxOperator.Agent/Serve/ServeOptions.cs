using SandboxOperator.Agent.Attach;
using SandboxOperator.Agent.CommandLine;

namespace SandboxOperator.Agent.Serve;

/// <summary>What <c>sandbox-agent serve</c> is told on its command line, and its fixed times.</summary>
internal sealed record ServeOptions
{
    private const int MaxSocketPathBytes = 107;

    /// <summary>The Unix socket of the HTTP API.</summary>
    public required string Socket { get; init; }

    /// <summary>The Unix socket that init connects to.</summary>
    public required string KernelSocket { get; init; }

    /// <summary>The sandbox's working directory.</summary>
    public required string Data { get; init; }

    /// <summary>The agent's own directory, which the sandbox does not see.</summary>
    public required string State { get; init; }

    /// <summary>Other directories that the sandbox may write to; they count for the disk limit.</summary>
    public IReadOnlyList<string> Scratch { get; init; } = [];

    /// <summary>Without a call for so long the sandbox ends; null: never.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>How long a call may run.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How much output of a call is kept.</summary>
    public long OutputBytes { get; init; } = 1024 * 1024;

    /// <summary>The disk limit in bytes; null: none.</summary>
    public long? DiskBytes { get; init; }

    /// <summary>The disk limit in files and directories; null: none.</summary>
    public long? Files { get; init; }

    /// <summary>The command that starts the kernel side; empty when something else starts it.</summary>
    public IReadOnlyList<string> Launch { get; init; } = [];

    /// <summary>How long a call waits for a kernel before it is refused.</summary>
    public TimeSpan ReadyPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long after a call's time init may take to end it.</summary>
    public TimeSpan CallGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long init may take to end an interrupted call.</summary>
    public TimeSpan InterruptGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a kernel may take to come up.</summary>
    public TimeSpan StartDeadline { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>After how long without events a listener gets a heartbeat.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(10);

    /// <exception cref="UsageException">Something is missing or wrong.</exception>
    public static ServeOptions Parse(string[] args)
    {
        var arguments = new Arguments(args, "--launch");
        var options = new ServeOptions
        {
            Socket = SocketPath(arguments, "--socket", HandOver.Suffix.Length),
            KernelSocket = SocketPath(arguments, "--kernel-socket", 0),
            Data = Path.GetFullPath(arguments.Required("--data")),
            State = Path.GetFullPath(arguments.Required("--state")),
            Scratch = [.. arguments.List("--scratch").Select(Path.GetFullPath)],
            IdleTimeout = Seconds(arguments.Number("--idle-timeout", max: int.MaxValue / 1000)),
            DiskBytes = arguments.Number("--disk-bytes"),
            Files = arguments.Number("--files"),
            Launch = arguments.Command("--launch"),
        };
        options = options with
        {
            CallTimeout = Seconds(arguments.Number("--call-timeout", max: int.MaxValue / 1000)) ?? options.CallTimeout,
            OutputBytes = arguments.Number("--output-bytes", min: 1024, max: 64 * 1024 * 1024) ?? options.OutputBytes,
        };
        arguments.Finish();
        return options;
    }

    private static string SocketPath(Arguments arguments, string name, int suffixBytes)
    {
        var path = Path.GetFullPath(arguments.Required(name));
        var longest = MaxSocketPathBytes - suffixBytes;
        return System.Text.Encoding.UTF8.GetByteCount(path) <= longest
            ? path
            : throw new UsageException($"{name} is longer than the {longest} bytes that its path may have");
    }

    private static TimeSpan? Seconds(long? seconds) => seconds is { } s ? TimeSpan.FromSeconds(s) : null;
}

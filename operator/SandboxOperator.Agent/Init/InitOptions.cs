using System.Net;
using SandboxOperator.Agent.CommandLine;

namespace SandboxOperator.Agent.Init;

/// <summary>
/// The command line of <c>sandbox-agent init</c>. Processes are counted beside init and the zygote; bytes and files in
/// the data and scratch folders together. Init itself sets Clean (the environment is empty, signals are blocked) and ApiServer, which it takes
/// from the environment before that: the address of the cluster's API server, if there is a cluster.
/// </summary>
internal sealed record InitOptions(
    string KernelSocket,
    string Python,
    string Kernel,
    string Data,
    IReadOnlyList<string> Scratch,
    string Preload,
    long MemoryBytes,
    int Processes,
    long DiskBytes,
    long Files,
    double Cpus,
    bool Clean,
    IPEndPoint? ApiServer
)
{
    public const string CleanFlag = "--clean";
    public const string ApiServerOption = "--api-server";

    /// <summary>
    /// RLIMIT_NPROC: a backstop that counts threads, too, where the watch counts processes. Below what the platform
    /// allows, so that what it refuses to kernels is not refused to init.
    /// </summary>
    public int Tasks => Math.Max(256, Processes * 2);

    /// <summary>Where programs put temporary files: the last scratch folder. Inside the disk limit.</summary>
    public string Temporary => Scratch is [.., var last] ? last : Data;

    /// <summary>Where programs keep their settings: the first scratch folder, or one in it when there is no other.</summary>
    public string Home => Scratch is [var first, _, ..] ? first : Path.Combine(Temporary, "home");

    /// <exception cref="UsageException">The command line is wrong.</exception>
    public static InitOptions Parse(ReadOnlySpan<string> args)
    {
        var arguments = new Arguments(args, CleanFlag);
        var options = new InitOptions(
            KernelSocket: arguments.Required("--kernel-socket"),
            Python: arguments.Required("--python"),
            Kernel: arguments.Required("--kernel"),
            Data: arguments.Required("--data"),
            Scratch: arguments.List("--scratch"),
            Preload: arguments.Optional("--preload") ?? "",
            MemoryBytes: Number("--memory-bytes", 64 << 20, 1L << 50),
            Processes: (int)Number("--processes", 1, 1 << 20),
            DiskBytes: Number("--disk-bytes", 1 << 20, 1L << 60),
            Files: Number("--files", 1, 1L << 40),
            Cpus: arguments.Decimal("--cpus") ?? throw new UsageException("--cpus is missing"),
            Clean: arguments.Flag(CleanFlag),
            ApiServer: IPEndPoint.TryParse(arguments.Optional(ApiServerOption) ?? "", out var api) ? api : null
        );
        arguments.Finish();
        return options;

        long Number(string name, long min, long max) =>
            arguments.Number(name, min, max) ?? throw new UsageException($"{name} is missing");
    }
}

namespace SandboxOperator.Cluster.Tests.Harness;

/// <summary>Runs kubectl against the cluster: what people type.</summary>
internal static class Kubectl
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    private static readonly Lazy<DirectoryInfo> CacheFolder = new(() =>
    {
        var folder = Directory.CreateTempSubdirectory("kubectl-");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Delete(recursive: true);
        return folder;
    });

    /// <summary>A cluster's kinds are kept for ten minutes by its address, which the next cluster may have, too.</summary>
    private static string Cache => CacheFolder.Value.FullName;

    /// <summary>Runs a command that has to succeed.</summary>
    /// <returns>Its output.</returns>
    public static async Task<string> RunAsync(params string[] arguments)
    {
        var (status, output, error) = await TryAsync(input: null, arguments);
        return status == 0
            ? output
            : throw new Xunit.Sdk.XunitException($"kubectl {string.Join(' ', arguments)}: {status}\n{output}{error}");
    }

    /// <summary>Applies objects; their text is the command's input.</summary>
    public static async Task<string> ApplyAsync(string yaml, params string[] options)
    {
        var (status, output, error) = await TryAsync(yaml, ["apply", "--filename=-", .. options]);
        return status == 0
            ? output
            : throw new Xunit.Sdk.XunitException($"kubectl apply: {status}\n{output}{error}\n{yaml}");
    }

    /// <summary>Runs a command that may fail.</summary>
    public static Task<(int Status, string Output, string Error)> TryAsync(string? input, params string[] arguments) =>
        Command.RunAsync(
            Program,
            ["--kubeconfig", TestCluster.Kubeconfig, "--cache-dir", Cache, .. arguments],
            input,
            Deadline
        );

    /// <summary>Forgets which kinds there are: new ones have come.</summary>
    public static void Forget()
    {
        foreach (var folder in CacheFolder.Value.EnumerateDirectories())
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Where programs are: PATH, then what <c>make cluster-up</c> built.</summary>
    public static string SearchPath { get; } =
        string.Join(':', [Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin", .. Built()]);

    public static string Program { get; } =
        SearchPath.Split(':').Select(folder => Path.Combine(folder, "kubectl")).FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("There is no kubectl on PATH.");

    private static IEnumerable<string> Built()
    {
        var home = Environment.GetEnvironmentVariable("HOME") ?? "/root";
        var cache =
            Environment.GetEnvironmentVariable("SANDBOX_CLUSTER_CACHE") is { Length: > 0 } given ? given
            : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg
                ? Path.Combine(xdg, "sandbox-operator")
            : Path.Combine(home, ".cache", "sandbox-operator");
        return Directory.Exists(cache)
            ? Directory
                .EnumerateDirectories(cache, "kubernetes-*")
                .OrderDescending(StringComparer.Ordinal)
                .Select(folder => Path.Combine(folder, "bin"))
            : [];
    }
}

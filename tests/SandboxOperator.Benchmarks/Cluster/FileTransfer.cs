using System.Diagnostics;
using System.Security.Cryptography;
using SandboxOperator.Sandboxes;

namespace SandboxOperator.Benchmarks.Cluster;

/// <summary>A GiB into a pod and back, with us and with <c>kubectl cp</c>.</summary>
/// <param name="Ours">MiB a second, both ways together.</param>
/// <param name="Kubectls">The same.</param>
/// <param name="GrownMiB">By how much the memory of this process, which plays the gateway, grew meanwhile.</param>
internal sealed record FileTransfer(double Ours, double Kubectls, double GrownMiB)
{
    private const long Size = 1L << 30;
    private const int BothWays = 2;

    public static async Task<FileTransfer> MeasureAsync(
        BenchCluster cluster,
        ISandbox sandbox,
        CancellationToken cancellationToken
    )
    {
        var folder = Directory.CreateTempSubdirectory("sandbox-bench-files-").FullName;
        try
        {
            var (source, back) = (Path.Combine(folder, "source"), Path.Combine(folder, "back"));
            await WriteAsync(source, cancellationToken);
            var (ours, grown) = await OursAsync(sandbox, source, back, cancellationToken);
            var kubectls = await KubectlsAsync(cluster, source, back, cancellationToken);
            return new FileTransfer(Rate(ours), Rate(kubectls), grown / 1048576.0);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public IReadOnlyList<Row> Rows() =>
        [
            new Row(
                "1 GiB into a pod and back",
                $"{Ours:0} MiB a second",
                $"`kubectl cp`: {Kubectls:0} MiB a second",
                "≥ 1 ×",
                Ours / Kubectls,
                1,
                HigherIsBetter: true
            ),
            new Row("memory above its idle size meanwhile", $"{GrownMiB:0} MiB", "", "≤ 50 MiB", GrownMiB, 50),
        ];

    private static double Rate(TimeSpan took) => BothWays * Size / 1048576.0 / took.TotalSeconds;

    private static async Task WriteAsync(string path, CancellationToken cancellationToken)
    {
        var block = RandomNumberGenerator.GetBytes(1 << 20);
        await using var file = File.Create(path);
        for (var written = 0L; written < Size; written += block.Length)
        {
            await file.WriteAsync(block, cancellationToken);
        }
    }

    private static async Task<(TimeSpan Took, long Grown)> OursAsync(
        ISandbox sandbox,
        string source,
        string back,
        CancellationToken cancellationToken
    )
    {
        var before = Environment.WorkingSet;
        var peak = before;
        await using var watch = new Timer(_ => peak = Math.Max(peak, Environment.WorkingSet), null, 0, 50);
        var began = Stopwatch.GetTimestamp();
        await using (var content = File.OpenRead(source))
        {
            await sandbox.PutFileAsync("big.bin", content, Size, null, cancellationToken);
        }

        await using (var target = File.Create(back))
        await using (var file = (await sandbox.OpenFileAsync("big.bin", cancellationToken))!.Content)
        {
            await file.CopyToAsync(target, 1 << 18, cancellationToken);
        }

        var took = Stopwatch.GetElapsedTime(began);
        if (new FileInfo(back).Length != Size)
        {
            throw new InvalidOperationException("The file came back with another size.");
        }

        await sandbox.DeleteFileAsync("big.bin", cancellationToken);
        return (took, peak - before);
    }

    private static async Task<TimeSpan> KubectlsAsync(
        BenchCluster cluster,
        string source,
        string back,
        CancellationToken cancellationToken
    )
    {
        const string Pod = "copied";
        await BarePod.StartAsync(cluster, Pod, cancellationToken);
        var began = Stopwatch.GetTimestamp();
        await CopyAsync(source, $"{cluster.Namespace}/{Pod}:/tmp/big.bin");
        await CopyAsync($"{cluster.Namespace}/{Pod}:/tmp/big.bin", back);
        var took = Stopwatch.GetElapsedTime(began);
        await BarePod.RemoveAsync(cluster, Pod, cancellationToken);
        return took;

        async Task CopyAsync(string from, string to)
        {
            using var process = Process.Start(
                new ProcessStartInfo("kubectl", ["--kubeconfig", cluster.Kubeconfig, "cp", from, to])
                {
                    RedirectStandardOutput = true,
                    UseShellExecute = false,
                }
            )!;
            await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"kubectl cp {from} {to} failed.");
            }
        }
    }
}

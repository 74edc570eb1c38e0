using SandboxOperator.Benchmarks;
using SandboxOperator.Benchmarks.Cluster;

// usage: [--output FILE.json] [NAME...]   (without names: all that need no cluster)
var names = args.ToList();
string? output = null;
if (names.IndexOf("--output") is >= 0 and var at)
{
    output = names[at + 1];
    names.RemoveRange(at, 2);
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

IBenchmark[] all =
[
    new SandboxBenchmark(),
    new RunBenchmark(),
    new TracingBenchmark(),
    new UploadBenchmark(),
    new LedgerBenchmark(),
    new ConsoleBenchmark(),
    new ControllerBenchmark(),
    new PodBenchmark(),
];
var rows = new List<Row>();
foreach (
    var benchmark in all.Where(candidate => names.Count == 0 ? !candidate.NeedsCluster : names.Contains(candidate.Name))
)
{
    Console.Error.WriteLine($"measuring {benchmark.Name} …");
    rows.AddRange(await benchmark.RunAsync(stop.Token));
}

Console.Write(Report.Markdown(rows));
if (output is not null)
{
    await Report.WriteJsonAsync(output, rows, stop.Token);
}

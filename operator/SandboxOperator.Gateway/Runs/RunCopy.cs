using System.Text.Json;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Runs;

/// <summary>Copies of runs, for who shows a run while somebody else works on it.</summary>
internal static class RunCopy
{
    public static RunEntity Of(RunEntity run) =>
        JsonSerializer.Deserialize<RunEntity>(JsonSerializer.SerializeToUtf8Bytes(run))!;
}

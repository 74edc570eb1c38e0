using SandboxOperator.Gateway.Blobs;

namespace SandboxOperator.Gateway.Tests.Hosting;

/// <summary>A disk of 1000 bytes, of which the test says how many are free.</summary>
internal sealed class ScriptedFreeSpace()
    : FreeSpace("/", Microsoft.Extensions.Options.Options.Create(new Gateway.Options.FileOptions()))
{
    public long Free { get; set; }

    protected override (long Free, long Total) Measure() => (Free, 1000);
}

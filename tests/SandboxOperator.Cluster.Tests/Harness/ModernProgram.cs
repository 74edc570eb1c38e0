using SandboxOperator.Testing;
using Xunit;

namespace SandboxOperator.Cluster.Tests.Harness;

/// <summary>What present API servers can and the test cluster cannot: see <c>tests/cluster/modern</c>.</summary>
internal static class ModernProgram
{
    private static readonly TimeSpan BuildDeadline = TimeSpan.FromMinutes(40);
    private static readonly TimeSpan CheckDeadline = TimeSpan.FromMinutes(1);

    /// <summary>What the script ends with where Debian has not what it takes.</summary>
    private const int Unavailable = 3;

    /// <summary>Where it is, once it is built; skips the test where it cannot be.</summary>
    public static async Task<string> PathAsync()
    {
        var script = Path.Combine(Checkout.Root, "tests/cluster/build-modern-api");
        var (status, folder, error) = await Command.RunAsync(script, [], input: null, BuildDeadline);
        Assert.SkipWhen(status == Unavailable, error);
        return status == 0 ? Path.Combine(folder.Trim(), "modern-api") : throw new InvalidOperationException(error);
    }

    /// <summary>What a present server would not know of Kubernetes' own objects, fields and versions.</summary>
    /// <param name="objects">Their texts.</param>
    /// <returns>A line for each; empty when it knows all.</returns>
    public static async Task<string> ProblemsAsync(IEnumerable<string> objects)
    {
        var (status, _, error) = await Command.RunAsync(
            await PathAsync(),
            ["check"],
            string.Join("\n---\n", objects),
            CheckDeadline
        );
        Assert.SkipWhen(status == Unavailable, error);
        return status == 0 ? "" : error;
    }
}

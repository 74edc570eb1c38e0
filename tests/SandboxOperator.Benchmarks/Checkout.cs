namespace SandboxOperator.Benchmarks;

/// <summary>The checkout that the benchmarks were built from.</summary>
internal static class Checkout
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SandboxOperator.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No SandboxOperator.sln above {AppContext.BaseDirectory}.");
    }
}

namespace SandboxOperator.Testing;

/// <summary>The checkout that the tests were built from.</summary>
public static class Checkout
{
    /// <summary>The folder that holds the solution.</summary>
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

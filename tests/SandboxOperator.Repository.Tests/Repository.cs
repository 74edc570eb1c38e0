namespace SandboxOperator.Repository.Tests;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string directory)
    {
        for (var folder = new DirectoryInfo(directory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SandboxOperator.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No SandboxOperator.sln above {directory}.");
    }
}

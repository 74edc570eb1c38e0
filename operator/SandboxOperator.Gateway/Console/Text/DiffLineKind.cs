namespace SandboxOperator.Gateway.Console.Text;

/// <summary>What became of a line.</summary>
public enum DiffLineKind
{
    /// <summary>It is in both texts.</summary>
    Same,

    /// <summary>It is new.</summary>
    Added,

    /// <summary>It is gone.</summary>
    Removed,

    /// <summary>Lines that are in both texts have been left out here.</summary>
    Gap,
}

namespace SandboxOperator.Gateway.Console.Charts;

/// <summary>Chooses round numbers for the marks of an axis.</summary>
public static class Scale
{
    /// <summary>From 0 to at most <paramref name="largest"/>, in steps of 1, 2 or 5 times a power of ten.</summary>
    public static IEnumerable<long> Marks(long largest, int most)
    {
        var step = Step(Math.Max(1, largest), most);
        for (var mark = 0L; mark <= largest; mark += step)
        {
            yield return mark;
        }
    }

    /// <summary>The smallest round step that needs no more than <paramref name="most"/> marks above zero.</summary>
    public static long Step(long largest, int most)
    {
        for (var power = 1L; ; power *= 10)
        {
            foreach (var factor in (ReadOnlySpan<long>)[1, 2, 5])
            {
                if (largest / (factor * power) <= most)
                {
                    return factor * power;
                }
            }
        }
    }
}

namespace SandboxOperator.Gateway.Console.Text;

/// <summary>What a terminal's escape sequences have set so far.</summary>
/// <param name="Foreground">0 to 15, or null for the terminal's own.</param>
/// <param name="Background">0 to 15, or null for the terminal's own.</param>
/// <param name="Bold">Heavier.</param>
/// <param name="Faint">Paler.</param>
/// <param name="Italic">Slanted.</param>
/// <param name="Underline">With a line below.</param>
internal readonly record struct AnsiStyle(
    int? Foreground,
    int? Background,
    bool Bold,
    bool Faint,
    bool Italic,
    bool Underline
)
{
    private static readonly (int Red, int Green, int Blue)[] Palette =
    [
        (0, 0, 0),
        (170, 0, 0),
        (0, 170, 0),
        (170, 85, 0),
        (0, 0, 170),
        (170, 0, 170),
        (0, 170, 170),
        (170, 170, 170),
        (85, 85, 85),
        (255, 85, 85),
        (85, 255, 85),
        (255, 255, 85),
        (85, 85, 255),
        (255, 85, 255),
        (85, 255, 255),
        (255, 255, 255),
    ];

    /// <summary>The CSS classes, or null for plain text.</summary>
    public string? Class
    {
        get
        {
            if (this == default)
            {
                return null;
            }

            var classes = new List<string>(4);
            if (Foreground is { } foreground)
            {
                classes.Add($"fg{foreground}");
            }

            if (Background is { } background)
            {
                classes.Add($"bg{background}");
            }

            AddIf(classes, Bold, "ab");
            AddIf(classes, Faint, "af");
            AddIf(classes, Italic, "ai");
            AddIf(classes, Underline, "au");
            return string.Join(' ', classes);
        }
    }

    /// <summary>The style after a sequence <c>ESC [ numbers m</c>.</summary>
    public AnsiStyle With(ReadOnlySpan<int> numbers)
    {
        var style = numbers.IsEmpty ? default : this;
        for (var index = 0; index < numbers.Length; index++)
        {
            var number = numbers[index];
            style = number switch
            {
                0 => default,
                1 => style with { Bold = true },
                2 => style with { Faint = true },
                3 => style with { Italic = true },
                4 => style with { Underline = true },
                22 => style with { Bold = false, Faint = false },
                23 => style with { Italic = false },
                24 => style with { Underline = false },
                >= 30 and <= 37 => style with { Foreground = number - 30 },
                38 => style with { Foreground = Extended(numbers, ref index) ?? style.Foreground },
                39 => style with { Foreground = null },
                >= 40 and <= 47 => style with { Background = number - 40 },
                48 => style with { Background = Extended(numbers, ref index) ?? style.Background },
                49 => style with { Background = null },
                >= 90 and <= 97 => style with { Foreground = number - 82 },
                >= 100 and <= 107 => style with { Background = number - 92 },
                _ => style,
            };
        }

        return style;
    }

    /// <summary>A colour of 256, or of red, green and blue, as the nearest of the sixteen.</summary>
    private static int? Extended(ReadOnlySpan<int> numbers, ref int index)
    {
        var rest = numbers[(index + 1)..];
        switch (rest)
        {
            case [5, var color, ..]:
                index += 2;
                return color switch
                {
                    < 0 or > 255 => null,
                    < 16 => color,
                    < 232 => Nearest(Level((color - 16) / 36), Level((color - 16) / 6 % 6), Level((color - 16) % 6)),
                    _ => Nearest(8 + (10 * (color - 232)), 8 + (10 * (color - 232)), 8 + (10 * (color - 232))),
                };
            case [2, var red, var green, var blue, ..]:
                index += 4;
                return Nearest(red, green, blue);
            default:
                return null;
        }
    }

    private static int Level(int step) => step == 0 ? 0 : 55 + (40 * step);

    private static int Nearest(int red, int green, int blue)
    {
        var best = 0;
        var smallest = long.MaxValue;
        for (var color = 0; color < Palette.Length; color++)
        {
            long r = Palette[color].Red - red;
            long g = Palette[color].Green - green;
            long b = Palette[color].Blue - blue;
            var distance = (r * r) + (g * g) + (b * b);
            if (distance < smallest)
            {
                (best, smallest) = (color, distance);
            }
        }

        return best;
    }

    private static void AddIf(List<string> classes, bool condition, string name)
    {
        if (condition)
        {
            classes.Add(name);
        }
    }
}

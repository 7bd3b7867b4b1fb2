import unittest

from roman import to_roman


class ToRomanTest(unittest.TestCase):
    def test_writes_single_symbols(self):
        self.assertEqual("V", to_roman(5))

    def test_writes_subtractive_pairs(self):
        self.assertEqual("MCMXCIV", to_roman(1994))

    def test_writes_the_largest_number(self):
        self.assertEqual("MMMCMXCIX", to_roman(3999))

    def test_refuses_zero(self):
        with self.assertRaises(ValueError):
            to_roman(0)

    def test_refuses_numbers_that_are_too_large(self):
        with self.assertRaises(ValueError):
            to_roman(4000)


if __name__ == "__main__":
    unittest.main()

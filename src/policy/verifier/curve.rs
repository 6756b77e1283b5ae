//! ECDSA on P-192 and P-224, which no crypto library of ours has and today's verifier accepts.
//!
//! Only to foretell what that verifier says; nothing is trusted because of it. There is no secret here, so plain
//! arithmetic with large numbers will do (FIPS 186-4, 6.4; the curves: appendix D.1.2).

use num_bigint::BigUint;

/// One of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Curve {
    P192,
    P224,
}

struct Domain {
    prime: BigUint,
    order: BigUint,
    b: BigUint,
    base: Point,
    /// Bytes of a coordinate.
    length: usize,
}

/// A point, or the one at infinity.
type Point = Option<(BigUint, BigUint)>;

fn number(hexadecimal: &str) -> BigUint {
    BigUint::parse_bytes(hexadecimal.as_bytes(), 16).unwrap_or_default()
}

impl Domain {
    fn of(curve: Curve) -> Self {
        match curve {
            Curve::P192 => Self {
                prime: number("fffffffffffffffffffffffffffffffeffffffffffffffff"),
                order: number("ffffffffffffffffffffffff99def836146bc9b1b4d22831"),
                b: number("64210519e59c80e70fa7e9ab72243049feb8deecc146b9b1"),
                base: Some((
                    number("188da80eb03090f67cbf20eb43a18800f4ff0afd82ff1012"),
                    number("07192b95ffc8da78631011ed6b24cdd573f977a11e794811"),
                )),
                length: 24,
            },
            Curve::P224 => Self {
                prime: number("ffffffffffffffffffffffffffffffff000000000000000000000001"),
                order: number("ffffffffffffffffffffffffffff16a2e0b8f03e13dd29455c5c2a3d"),
                b: number("b4050a850c04b3abf54132565044b0b7d7bfd8ba270b39432355ffb4"),
                base: Some((
                    number("b70e0cbd6bb4bf7f321390b94a03c1d356c21122343280d6115c1d21"),
                    number("bd376388b5f723fb4c22dfe6cd4375a05a07476444d5819985007e34"),
                )),
                length: 28,
            },
        }
    }

    fn minus(&self, a: &BigUint, b: &BigUint) -> BigUint {
        (a + &self.prime - b % &self.prime) % &self.prime
    }

    fn is_on_curve(&self, x: &BigUint, y: &BigUint) -> bool {
        let right = (x * x * x + &self.b) % &self.prime;
        *x < self.prime
            && *y < self.prime
            && y * y % &self.prime == self.minus(&right, &(BigUint::from(3_u8) * x))
    }

    fn inverse(value: &BigUint, modulus: &BigUint) -> BigUint {
        // Fermat: both moduli are prime.
        value.modpow(&(modulus - 2_u8), modulus)
    }

    fn add(&self, left: &Point, right: &Point) -> Point {
        let (Some((x1, y1)), Some((x2, y2))) = (left, right) else {
            return left.clone().or_else(|| right.clone());
        };
        let (above, below) = if x1 == x2 {
            if (y1 + y2) % &self.prime == BigUint::ZERO {
                return None;
            }
            let above = BigUint::from(3_u8) * x1 * x1 + &self.prime - 3_u8;
            (above % &self.prime, BigUint::from(2_u8) * y1 % &self.prime)
        } else {
            (self.minus(y2, y1), self.minus(x2, x1))
        };
        let slope = above * Self::inverse(&below, &self.prime) % &self.prime;
        let x = self.minus(&self.minus(&(&slope * &slope % &self.prime), x1), x2);
        let y = self.minus(&(&slope * self.minus(x1, &x) % &self.prime), y1);
        Some((x, y))
    }

    fn times(&self, scalar: &BigUint, point: &Point) -> Point {
        let mut sum = None;
        for bit in (0..scalar.bits()).rev() {
            sum = self.add(&sum, &sum);
            if scalar.bit(bit) {
                sum = self.add(&sum, point);
            }
        }
        sum
    }
}

/// Whether the DER signature over the digest is good for the uncompressed point.
pub(super) fn verify(curve: Curve, point: &[u8], digest: &[u8], signature: &[u8]) -> bool {
    let domain = Domain::of(curve);
    let Some((x, y)) = uncompressed(point, domain.length) else { return false };
    let Some((r, s)) = integers(signature) else { return false };
    let in_range = |value: &BigUint| *value != BigUint::ZERO && *value < domain.order;
    if !domain.is_on_curve(&x, &y) || !in_range(&r) || !in_range(&s) {
        return false;
    }
    // The leftmost bits of the digest, as many as the order has.
    let kept = digest.get(..domain.length.min(digest.len())).unwrap_or_default();
    let hash = BigUint::from_bytes_be(kept);
    let inverse = Domain::inverse(&s, &domain.order);
    let first = domain.times(&(hash * &inverse % &domain.order), &domain.base);
    let second = domain.times(&(&r * &inverse % &domain.order), &Some((x, y)));
    domain.add(&first, &second).is_some_and(|(x, _)| x % &domain.order == r)
}

fn uncompressed(point: &[u8], length: usize) -> Option<(BigUint, BigUint)> {
    let [4, coordinates @ ..] = point else { return None };
    let (x, y) = coordinates.split_at_checked(length)?;
    (y.len() == length).then(|| (BigUint::from_bytes_be(x), BigUint::from_bytes_be(y)))
}

/// `SEQUENCE { INTEGER r, INTEGER s }`; numbers this small need only short lengths.
fn integers(der: &[u8]) -> Option<(BigUint, BigUint)> {
    let [0x30, length, rest @ ..] = der else { return None };
    if usize::from(*length) != rest.len() {
        return None;
    }
    let (r, rest) = integer(rest)?;
    let (s, rest) = integer(rest)?;
    rest.is_empty().then_some((r, s))
}

fn integer(der: &[u8]) -> Option<(BigUint, &[u8])> {
    let [0x02, length, rest @ ..] = der else { return None };
    let (value, rest) = rest.split_at_checked(usize::from(*length))?;
    match *value {
        [] | [0x80..=0xff, ..] | [0, 0..=0x7f, ..] => None,
        _ => Some((BigUint::from_bytes_be(value), rest)),
    }
}
